# expect: disguised-command | source: T1027.010
f <- get(rawToChar(as.raw(c(0x65, 0x76, 0x61, 0x6c))))
f(quote(system("echo look")))
