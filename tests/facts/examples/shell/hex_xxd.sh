# expect: decoded-code-run | source: T1140
printf 6563686f206c6f6f6b203e202f746d702f6c6f6f6b2e6669726564 | xxd -r -p | bash
