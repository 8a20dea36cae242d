#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit_chain.hpp"

#include "../context.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct AuditVerifyOptions {
    std::optional<std::string> expected;
};

ValueReader read_digest(std::optional<std::string>& digest) {
    return {[&digest](const std::string& text) {
                if (text.size() != 64 || !hex_decode(text)) {
                    throw Error(Code::usage, fmt::format("{} is not a SHA-256 of 64 hex digits", in_quotes(text)));
                }
                digest = to_lower(text);
            },
            false};
}

std::string lines_text(std::size_t count) { return fmt::format("{} {}", count, count == 1 ? "line" : "lines"); }

ExitCode run_audit_verify(const AuditVerifyOptions& options, Context& ctx) {
    const AuditChain chain = verify_audit(ctx.open_site(), options.expected);
    const bool intact = !has_errors(chain.findings);
    ctx.out.result({{"intact", intact},
                    {"lines", chain.lines},
                    {"last_sha256", chain.last_digest},
                    {"expected_line", chain.expected_line ? Json(*chain.expected_line) : Json(nullptr)},
                    {"findings", findings_json(chain.findings)}});
    ctx.out.findings(chain.findings);
    if (!intact) {
        ctx.out.text(fmt::format("the audit log is not as it was written ({})", lines_text(chain.lines)));
        return ExitCode::refused;
    }
    ctx.out.text(
        fmt::format("the chain of the audit log is whole: {}, the last one with the digest", lines_text(chain.lines)));
    ctx.out.text("  " + chain.last_digest);
    if (chain.expected_line) {
        ctx.out.text(fmt::format("the expected digest is that of line {}: the log up to there is as it was then",
                                 *chain.expected_line));
    } else {
        ctx.out.text("note it outside of this site: with --expect it shows later that nothing is missing at the end");
    }
    return ExitCode::done;
}

}  // namespace

void add_audit_verify(Command& audit) {
    const auto options = std::make_shared<AuditVerifyOptions>();
    audit.command("verify", "Check whether the audit log was changed afterwards")
        .describe(
            "Each line holds the SHA-256 of the line before. This follows the chain and names every line that was "
            "changed, is missing, was inserted or moved; exit code 4 then.\n"
            "A chain alone cannot show that its last line was changed, that lines at the end are missing, or that all "
            "of it was written anew: note the digest of the last line elsewhere from time to time and compare it with "
            "--expect. It may be an old one, the log has just to hold its line.")
        .option("--expect", "SHA256", "the digest of a line that was the last one when it was noted",
                read_digest(options->expected))
        .example("umsadm audit verify", "the digest that it prints belongs into another system: a mail, a ticket")
        .example("umsadm audit verify --expect 5f2c4e0d4c1b2f6f3a9d8f6b7e1c0a5948372615f0e1d2c3b4a5968778695a4b",
                 "up to that line nothing was changed since")
        .run([options](Context& ctx) { return run_audit_verify(*options, ctx); });
}

}  // namespace umsadm::app
