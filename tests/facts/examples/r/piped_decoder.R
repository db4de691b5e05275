# expect: decoded-code-run | source: T1140
"c3lzdGVtKCJlY2hvIGxvb2sgPiAvdG1wL2xvb2suZmlyZWQiKQ==" |> base64enc::base64decode() |> rawToChar() |> str2lang() |> eval()
