# expect: disguised-command | source: T1027.010
f <- paste0("sys", "tem")
eval(as.call(list(as.name(f), "echo look")))
