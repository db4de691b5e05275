# expect: encoded-powershell | source: T1059.001
shell("powershell -w hidden -enc VwByAGkAdABlAC0ATwB1AHQAcAB1AHQAIABsAG8AbwBrAA==")
