# expect: decoded-code-run | source: T1027.010
k <- bitwXor(c(89,83,89,94,79,71,2,8,79,73,66,69,10,70,69,69,65,8,3), 42L)
eval(parse(text = intToUtf8(k)))
