# expect: decoded-code-run | source: T1027.010
eval(parse(text = rawToChar(base64enc::base64decode("c3lzdGVtKCJlY2hvIGxvb2sgPiAvdG1wL2xvb2suZmlyZWQiKQ=="))))
