// What hides code: the marks of tools, and files as a whole. Rules tagged `file` are asked of whole files only.

rule known_tool : file {
    meta: label = "obf.tool"
    strings:
        $ = "__pyarmor__"
        $ = "pyarmor_runtime"
        $ = "pytransform"
        $ = "__pyc_obf__"
        $ = "BlankOBF" nocase
        $ = "blank-c/BlankOBF" nocase
        $ = "Kramer" fullword
        $ = "_kramer_" nocase
        $ = "Obfuscated by" nocase
        $ = "obfuscated with" nocase
        $ = "development-tools.net" nocase
        $ = "pyobfuscate.com" nocase
        $ = "freecodingtools.org" nocase
        $ = "pyminifier" nocase
        $ = "PlusOBF" nocase
        $ = "Berserker" fullword
        $ = "SpecterOBF" nocase
        $ = "Py-Fuscate" nocase
        $ = "Hyperion" fullword
        $ = "jsjiami.com" nocase
        $ = "pyfuscate" nocase
        $ = "wodx" nocase fullword
        $ = /_sparkle\s*=|__skid__/
        // The shape of what such tools write: a one-line unpacker under a name of underscores.
        $ = /_\s*=\s*lambda\s+__\s*:\s*__import__\('zlib'\)/
        $ = /exec\(\(_\)\(b'/
        $ = /getattr\(__import__\(bytes\(\[/
        $ = /__import__\('builtins'\)\.exec\(__import__\('builtins'\)\.compile\(__import__\('base64'\)/
        $ = /eval\(compile\(base64\.b64decode\(eval\(/
        $ = /import\s+marshal\s*(,|;)?.{0,60}exec\(marshal\.loads\(/
        $ = /class\s+_?_?[OoIl0]{12,}\b/
        $ = /\bl1{3,}[l1]{4,}\b.{0,4000}\bl1{3,}[l1]{4,}\b/
        $ = /(_0x[0-9a-f]{4,6}[^\n]{0,400}){8}/
        $ = /eval\(function\(p,a,c,k,e,[dr]\)/
        $ = /\[\]\[\(!\[\]\+\[\]\)\[/
    condition: any of them
}

// Names of letters that look alike, many of them; and names that are longer than any word.
rule confusable_names : file {
    meta: label = "obf.names"
    strings:
        $like = /[^a-zA-Z0-9_'"][lIO][lI1O0]{11,60}[^a-zA-Z0-9_]/
        $under = /[^a-zA-Z0-9_'"]_{9,60}[^a-zA-Z0-9_]/
        $long = /\n[A-Za-z0-9]{70,400} = /
        $hex = /[^a-zA-Z0-9_](_0x[0-9a-f]{4,6}|[O0]{8,40}|_[0-9a-f]{32})[^a-zA-Z0-9_]/
    condition: #like > 8 or #under > 20 or #long > 3 or #hex > 12
}

// Invisible code points that carry data or reorder what is shown: tags, variation selectors in runs, bidirectional overrides.
rule invisible : file {
    meta: label = "obf.invisible"
    strings:
        $tags = /(\xf3\xa0[\x80\x81][\x80-\xbf]){8}/
        $selectors = /((\xef\xb8[\x80-\x8f])|(\xf3\xa0[\x84-\x87][\x80-\xbf])){8}/
        $zero = /((\xe2\x80[\x8b-\x8d])|(\xe2\x81\xa0)|(\xef\xbb\xbf)){12}/
        $hangul = /((\xe3\x85\xa4)|(\xef\xbe\xa0)){8}/
    condition: any of them
}

rule bidirectional : file {
    meta: label = "obf.invisible"
    strings:
        // Beside plain letters only: tables of characters hold them too, among others of their kind.
        $ = /[\x09-\x7e]\xe2\x80\xae([\x09-\x7e]|\xe2\x81[\xa6-\xa9])/
        $ = /([\x09-\x7e]|\xe2\x80[\xaa-\xae])\xe2\x81\xa7[\x09-\x7e]/
        // Nor what stands alone between quotes and runs from left to right: programs write it around dates and names.
        $ = /([\x09-\x21\x23-\x26\x28-\x5f\x61-\x7e]|\xe2\x80[\xaa-\xae])\xe2\x81\xa6[\x09-\x7e]/
        $ = /[\x22\x27\x60]\xe2\x81\xa6[\x09-\x21\x23-\x26\x28-\x5f\x61-\x7e]/
    condition: any of them
}

rule offscreen : file {
    meta: label = "obf.offscreen"
    strings:
        $ = /[;:)\]}"'a-z0-9][ \t]{160,}[;a-z_(\[\x22\x27$\/!][^\n]{10,}/
    condition: any of them
}
