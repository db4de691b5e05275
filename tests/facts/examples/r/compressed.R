# expect: decoded-code-run | source: T1027
x <- base64enc::base64decode("H4sIAAAAAAACAyuuLC5JzdVQSk3OyFfIyc/PVrBT0C/JLdAHsfXSMotSU5Q0Aaizz+wlAAAA")
eval(str2expression(rawToChar(memDecompress(x, type = "gzip"))))
