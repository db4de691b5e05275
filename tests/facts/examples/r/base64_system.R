# expect: decoded-code-run | source: T1059
cmd <- rawToChar(openssl::base64_decode("ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVk"))
system(cmd)
