# expect: decoded-code-run | source: T1140
code <- rawToChar(jsonlite::base64_dec("c3lzdGVtKCJlY2hvIGxvb2sgPiAvdG1wL2xvb2suZmlyZWQiKQ=="))
eval(parse(text = code))
