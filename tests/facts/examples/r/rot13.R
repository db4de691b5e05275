# expect: decoded-code-run | source: T1027.010
x <- chartr("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm", "flfgrz('rpub ybbx')")
eval(parse(text = x))
