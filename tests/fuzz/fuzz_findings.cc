/* SPDX-License-Identifier: MIT */
/* What a check prints. The learner's code runs in it, and may print, too, or
 * end it at any moment: the first line of the input is how it ended. */
#include "fuzz.h"

extern "C" {
#include "lessons/tool/program/findings.h"
}

#include <cstdlib>

static void check(const struct finding &finding)
{
    fuzz_require(finding.test && finding.where && finding.message &&
                     finding.output && finding.said && finding.program,
                 "a finding has all of its texts");
    fuzz_require(verdict_word(finding.verdict) != nullptr,
                 "a verdict has a word");
    finding_step(&finding);
}

void fuzz_findings(std::string_view input)
{
    int status = abs(atoi(fuzz_line(&input).c_str()) % 256);
    struct findings findings = {};
    fuzz_require(findings_read(&findings, {input.data(), input.size()}, status,
                               "check") == 0,
                 "it is read");
    for (size_t i = 0; i < findings.count; i++)
        check(findings.list[i]);
    fuzz_require(input.empty() || findings.wanted == findings.count ||
                     findings_first_bad(&findings),
                 "a check that said too little has not passed");
    fuzz_require(findings_passed(&findings) <= findings.count,
                 "no more have passed than there are");
    findings_to_tell(&findings, 1);
    findings_deinit(&findings);
}
