// expect: decoded-code-run | source: T1027, T1059.007
eval(Buffer.from("Y29uc29sZS5sb2coMSk=", "base64").toString());
