"""Every limit of the product, in one place, units last.

A limit that is met gives a clear error or an `Unknown` fact, never a silent cut.
"""

from typing import Final

# What an index may send.
PAGE_BYTES_MAX: Final = 64 * 1024 * 1024
PAGE_FILES_MAX: Final = 100_000
PAGE_COUNTED_BYTES_MIN: Final = 4 * 1024 * 1024
PAGE_VALUES_MAX: Final = 2_000_000
PAGE_VALUE_BYTES_MAX: Final = 64 * 1024
REJECTED_TOLD_MAX: Final = 200
METADATA_BYTES_MAX: Final = 4 * 1024 * 1024
METADATA_LINES_MAX: Final = 20_000
METADATA_KEPT_BYTES_MAX: Final = 16 * 1024 * 1024
FILE_BYTES_MAX: Final = 8 * 1024 * 1024 * 1024
URL_CHARACTERS_MAX: Final = 2_048
FILENAME_CHARACTERS_MAX: Final = 255
NAME_CHARACTERS_MAX: Final = 128
NAMES_CHARACTERS_MAX: Final = 64 * 1024 * 1024
NAMES_CHECKED_MAX: Final = 1_000_000
VERSION_CHARACTERS_MAX: Final = 128
YANK_REASON_CHARACTERS_MAX: Final = 2_000
REDIRECTS_MAX: Final = 5

# How long an index may take.
UPSTREAM_CONNECT_SECONDS_MAX: Final = 10.0
UPSTREAM_READ_SECONDS_MAX: Final = 30.0
UPSTREAM_PAGE_SECONDS_MAX: Final = 60.0
# A file must come at this rate on average, counted anew from its beginning once the grace is over.
UPSTREAM_FILE_GRACE_SECONDS: Final = 60.0
UPSTREAM_FILE_BYTES_PER_SECOND_MIN: Final = 8 * 1024
# Larger documents of one index are received one at a time.
BODY_LARGE_BYTES: Final = 2 * 1024 * 1024
GZIP_MEMBERS_MAX: Final = 64
PAGE_INLINE_BYTES_MAX: Final = 32 * 1024
PAGE_INLINE_FILES_MAX: Final = 1_000
PAGE_FRESH_SECONDS: Final = 600.0
PAGES_KEPT_BYTES_MAX: Final = 128 * 1024 * 1024

# What a document of attestations may hold, and one attestation in it.
PROVENANCE_BYTES_MAX: Final = 512 * 1024
PROVENANCE_BUNDLES_MAX: Final = 8
PROVENANCE_ATTESTATIONS_MAX: Final = 16
ATTESTATION_CERTIFICATE_BYTES_MAX: Final = 16 * 1024
ATTESTATION_PROOF_HASHES_MAX: Final = 64
ATTESTATION_CHECKPOINT_CHARACTERS_MAX: Final = 16 * 1024
ATTESTATION_CHECKPOINT_SIGNATURES_MAX: Final = 16
ATTESTATION_CLAIM_CHARACTERS_MAX: Final = 2_048
ATTESTATION_TIMESTAMPS_MAX: Final = 8
TRUST_ROOT_BYTES_MAX: Final = 1024 * 1024
REGISTRY_SIGNATURES_MAX: Final = 8
# Answers about attestations that are kept, and how many documents are read at once.
PROVENANCE_KEPT_MAX: Final = 10_000
PROVENANCE_AT_ONCE_MAX: Final = 2

# A statement that somebody signed of a file.
STATEMENT_BYTES_MAX: Final = 32 * 1024

# What is published: a file, the form around it, and what its sender may take for it.
UPLOAD_FILE_BYTES_MAX: Final = 2 * 1024 * 1024 * 1024
UPLOAD_HEAD_BYTES_MAX: Final = 8 * 1024
UPLOAD_FIELDS_MAX: Final = 2_000
UPLOAD_FIELDS_BYTES_MAX: Final = 4 * 1024 * 1024
UPLOAD_READ_SECONDS_MAX: Final = 60.0
UPLOAD_GRACE_SECONDS: Final = 60.0
UPLOAD_BYTES_PER_SECOND_MIN: Final = 8 * 1024

# What an archive may hold.
ARCHIVE_MEMBERS_MAX: Final = 50_000
ARCHIVE_DIRECTORY_BYTES_MAX: Final = 16 * 1024 * 1024
ARCHIVE_MEMBER_BYTES_MAX: Final = 32 * 1024 * 1024
ARCHIVE_UNPACKED_BYTES_MAX: Final = 8 * 1024 * 1024 * 1024
ARCHIVE_RATIO_MAX: Final = 200
ARCHIVE_PATH_CHARACTERS_MAX: Final = 1_024
ARCHIVE_HEADER_BYTES_MAX: Final = 64 * 1024
ARCHIVE_HEADER_RECORDS_MAX: Final = 500_000
ARCHIVE_HEADERS_MAX: Final = 200_000
ARCHIVE_FOLDERS_MAX: Final = 100_000
ARCHIVE_LZMA_BYTES_MAX: Final = 256 * 1024 * 1024
ARCHIVE_ZSTD_WINDOW_BYTES_MAX: Final = 128 * 1024 * 1024

# What one scan may use.
SCAN_BUNDLE_BYTES_MIN: Final = 256 * 1024
SCAN_SECONDS_MAX: Final = 120.0
SCAN_MEMORY_BYTES_MAX: Final = 1024 * 1024 * 1024
SCAN_FINDINGS_MAX: Final = 200
SCAN_UNREAD_NAMED_MAX: Final = 20
SCAN_TEXTS_BYTES_MAX: Final = 64 * 1024 * 1024
SCAN_OBSERVATIONS_MAX: Final = 4_000
SCAN_PROFILE_WORDS_MAX: Final = 600
SCAN_SEEN_CHARACTERS_MAX: Final = 160
SCAN_DEPTH_MAX: Final = 8
SCAN_INSIDE_BYTES_MAX: Final = 8 * 1024 * 1024
SCAN_INSIDE_COUNT_MAX: Final = 500
SCAN_DECODED_BYTES_MAX: Final = 4 * 1024 * 1024
SCAN_MENDED_CHARACTERS_MAX: Final = 1024 * 1024
SCAN_MENDED_WORK_CHARACTERS_MAX: Final = 8 * 1024 * 1024
SCAN_PARSED_ROUNDS_MIN: Final = 2_000
SCAN_PARSED_ROUNDS_PER_KIB_MAX: Final = 256
SCAN_PARSED_LOOKS_MAX: Final = 250_000_000
SCAN_CELLS_MAX: Final = 20_000
SCAN_SCRIPTS_CHARACTERS_MAX: Final = 1024 * 1024
SCAN_SETTINGS_MAX: Final = 100_000
SCAN_SERIALISED_BYTES_MAX: Final = 256 * 1024 * 1024
SCAN_STEPS_MAX: Final = 400_000
SCAN_TREE_BYTES_MAX: Final = 16 * 1024 * 1024
SCAN_HELD_BYTES_MAX: Final = 64 * 1024 * 1024
SCAN_KEPT_BYTES_MAX: Final = 64 * 1024
SCAN_KEPT_MAX: Final = 200
SCAN_RECORD_BYTES_MAX: Final = 2 * 1024 * 1024
SCAN_FILE_SECONDS_MAX: Final = 5.0
SCAN_RULE_SECONDS_MAX: Final = 2.0
SCAN_RULE_OVERRUNS_MAX: Final = 3
SCAN_CPU_SECONDS_MAX: Final = 30
SCAN_OPEN_FILES_MAX: Final = 32
SCAN_REPORT_BYTES_MAX: Final = 8 * 1024 * 1024
SCAN_GRACE_SECONDS: Final = 10.0
# What packs of indicators may hold, each file and all together.
PACK_BYTES_MAX: Final = 4 * 1024 * 1024
PACK_INDICATORS_MAX: Final = 100_000
PACKS_MAX: Final = 100
# What files that lie about bring into one child together.
SCAN_BUNDLE_BYTES_MAX: Final = 256 * 1024 * 1024
SCAN_OBSERVATIONS_TOLD_MAX: Final = 40
SCAN_WALKED_FILES_MAX: Final = 1_000_000
FINDINGS_KEPT_MAX: Final = 2_000
SCAN_RECORDS_BYTES_MAX: Final = 256 * 1024 * 1024
FINDINGS_KEPT_BYTES_MAX: Final = 16 * 1024 * 1024

# How many files are looked into at once, and what is kept of those that could not be.
SCAN_QUICK_SECONDS_MAX: Final = 2.0
SCAN_SLOW_PER_PROCESSOR: Final = 2
SCAN_WAITING_MAX: Final = 1_000
SCAN_FAILED_KEPT_MAX: Final = 1_000
SCAN_FAILED_KEPT_SECONDS: Final = 600.0

# What a policy may hold.
POLICY_BYTES_MAX: Final = 1024 * 1024
POLICY_RULES_MAX: Final = 500
POLICY_TESTS_MAX: Final = 2_000
POLICY_DURATION_DAYS_MAX: Final = 36_500
POLICY_DEPTH_MAX: Final = 16
POLICY_MISTAKES_MAX: Final = 100
POLICY_TEXT_CHARACTERS_MAX: Final = 500
POLICY_ID_CHARACTERS_MAX: Final = 64
POLICY_YEAR_MIN: Final = 2000
POLICY_YEAR_MAX: Final = 9000
WAIVER_USES_MAX: Final = 1_000_000
PATTERN_STARS_MAX: Final = 3
QUOTE_CHARACTERS_MAX: Final = 160
CEL_EXPRESSION_CHARACTERS_MAX: Final = 2_000
SETTINGS_BYTES_MAX: Final = 64 * 1024
CLIENT_FILE_BYTES_MAX: Final = 16 * 1024 * 1024
REQUIREMENT_FILES_MAX: Final = 100
INSTALLED_PACKAGES_MAX: Final = 10_000
INSTALLED_FILES_MAX: Final = 1_000_000
INSTALLED_RECORD_BYTES_MAX: Final = 32 * 1024 * 1024
INSTALLED_KEPT_BYTES_MAX: Final = 64 * 1024 * 1024
PROBE_SECONDS_MAX: Final = 5.0

# What a drill reads of a scenario's folder, makes of it, and replays at once.
SCENARIOS_MAX: Final = 1_000
SCENARIO_TABLE_BYTES_MAX: Final = 64 * 1024
SCENARIO_FILES_MAX: Final = 1_000
SCENARIO_FOLDERS_DEEP_MAX: Final = 16
SCENARIO_TEXTS_BYTES_MAX: Final = 4 * 1024 * 1024
SCENARIO_GENERATED_BYTES_MAX: Final = 32 * 1024 * 1024
SCENARIO_RELEASES_MAX: Final = 200
SCENARIO_PARTS_DEEP_MAX: Final = 8
SCENARIO_MISTAKES_MAX: Final = 100
DRILL_SCENARIOS_AT_ONCE_MAX: Final = 6

# What the ledger takes.
ENTRY_BYTES_MAX: Final = 65_535
DOCUMENT_BYTES_MAX: Final = 1024 * 1024
STEERED_DECISIONS_MAX: Final = 100
ENTRY_REASONS_BYTES_MAX: Final = 8 * 1024
FIRST_SIGHTS_BYTES_MAX: Final = 256 * 1024
ROWS_READ_MAX: Final = 10_000
WAIVER_REASON_CHARACTERS_MAX: Final = 2_000
IDS_LISTED_MAX: Final = 10
COMMIT_ENTRIES_MAX: Final = 1_024
DAMAGE_REPORTED_MAX: Final = 100
DOCUMENTS_SEEN_MAX: Final = 100_000
PROOF_CHARACTERS_MAX: Final = 256 * 1024

# Which files are kept, and how long one may be on its way in; what is older was left by a process that died.
BLOBS_BYTES_MAX: Final = 10 * 1024 * 1024 * 1024
BLOB_UNUSED_SECONDS_MAX: Final = 90 * 24 * 3600.0
BLOB_USE_NOTED_SECONDS: Final = 60.0
# A file that was changed less long ago is not remembered as checked: another change might not show in its times.
BLOB_SETTLED_SECONDS: Final = 2.0
BLOBS_CHECKED_BYTES_MAX: Final = 4 * 1024 * 1024
BLOB_INCOMING_SECONDS_MAX: Final = 24 * 3600.0

# What clients may hold open, and for how long.
CONNECTIONS_MAX: Final = 512
CONNECTIONS_PER_ADDRESS_MAX: Final = 256
CLIENT_HEAD_SECONDS_MAX: Final = 20.0
CLIENT_IDLE_SECONDS_MAX: Final = 60.0
CLIENT_WRITE_SECONDS_MAX: Final = 60.0
# Hosts that a client asked its gate for as a proxy: so many are recorded.
ELSEWHERE_HOSTS_RECORDED_MAX: Final = 200
ELSEWHERE_HOST_CHARACTERS_MAX: Final = 260
# Packages that were installed past a gate: so many are named, each in so many characters.
BROUGHT_NAMED_MAX: Final = 50
BROUGHT_SOURCE_CHARACTERS_MAX: Final = 500
# What of a wrapped run is looked through for addresses of its gate.
RUN_FILES_MAX: Final = 200_000
RUN_FILE_BYTES_MAX: Final = 64 * 1024 * 1024
# A held file up to this size is checked whole before its answer begins; a larger one while it is sent.
BLOB_CHECKED_FIRST_BYTES_MAX: Final = 4 * 1024 * 1024
# Pages that are kept for the next client: as they were judged, to whom they were given, and as they are sent.
PAGES_JUDGED_BYTES_MAX: Final = 64 * 1024 * 1024
PAGES_ANSWERED_BYTES_MAX: Final = 4 * 1024 * 1024
PAGES_WRITTEN_BYTES_MAX: Final = 64 * 1024 * 1024
REPEATS_BYTES_MAX: Final = 8 * 1024 * 1024
PAGE_VARIANTS_MAX: Final = 16
# Documents of attestations that are kept unread.
PROVENANCE_KEPT_BYTES_MAX: Final = 16 * 1024 * 1024
# Advisories: a record as a feed has it, what is kept of it, the feed as a whole, and what is told of one version.
ADVISORY_BYTES_MAX: Final = 4 * 1024 * 1024
ADVISORY_SUMMARY_CHARACTERS_MAX: Final = 300
ADVISORY_ALIASES_MAX: Final = 16
ADVISORY_ID_CHARACTERS_MAX: Final = 120
ADVISORY_PACKAGES_MAX: Final = 2_000
ADVISORY_VERSIONS_MAX: Final = 20_000
ADVISORY_EVENTS_MAX: Final = 2_000
ADVISORIES_TOLD_MAX: Final = 40
FEED_RECORDS_MAX: Final = 2_000_000
FEED_BYTES_MAX: Final = 4 * 1024 * 1024 * 1024
# Lists of exploited vulnerabilities, and of likelihoods.
SIGNALS_BYTES_MAX: Final = 128 * 1024 * 1024
SIGNALS_MAX: Final = 2_000_000
# A file that pins releases.
PINS_BYTES_MAX: Final = 16 * 1024 * 1024
PINS_MAX: Final = 100_000
# What is said to a client.
REASON_PHRASE_CHARACTERS_MAX: Final = 200
CLIENT_CHARACTERS_MAX: Final = 200
REFUSAL_LINES_MAX: Final = 9
