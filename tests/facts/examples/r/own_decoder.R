# expect: decoded-code-run | source: T1140
undo <- function(x) rawToChar(base64enc::base64decode(x))
run <- function(x) eval(parse(text = undo(x)))
run("c3lzdGVtKCJlY2hvIGxvb2sgPiAvdG1wL2xvb2suZmlyZWQiKQ==")
