#include "umsadm/registry/audit.hpp"

#include <deque>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../local_time.hpp"
#include "../record_view.hpp"
#include "../text_width.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_reason_width = 60;

// A day, or so many days back from now.
struct Since {
    std::optional<std::chrono::year_month_day> day;
    std::optional<int> days;
};

struct AuditOptions {
    Since since;
    std::string subject;
    std::string action;
    std::string with_ticket;
    std::optional<int> last;
};

ValueReader read_since(Since& since) {
    return {[&since](const std::string& text) {
                since.day = parse_date(text);
                if (since.day) return;
                try {
                    into_number(since.days, 0, 36500).read(text);
                } catch (const Error&) {
                    throw Error(Code::usage, fmt::format("{} is neither a day nor a number of days", in_quotes(text)),
                                "write a day as 2027-12-31, or a number from 0 to 36500");
                }
            },
            false};
}

UtcTime begin_of(const Since& since, UtcTime now) {
    if (since.day) return begin_of_local_day(*since.day);
    return since.days ? now - std::chrono::days(*since.days) : UtcTime::min();
}

// "ICG Berlin" is every generation of it, too.
bool is_about(const std::string& subject, const std::string& wanted) {
    if (!subject.starts_with(wanted)) return false;
    const std::string_view rest = std::string_view(subject).substr(wanted.size());
    return rest.empty() || (rest.size() > 1 && rest.front() == '@' &&
                            rest.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

bool is_wanted(const AuditEntry& entry, const AuditOptions& options, UtcTime begin) {
    if (entry.time < begin) return false;
    if (!options.subject.empty() && !is_about(entry.subject, options.subject)) return false;
    if (!options.with_ticket.empty() && entry.ticket != options.with_ticket) return false;
    return to_lower(entry.action).find(to_lower(options.action)) != std::string::npos;
}

std::deque<AuditLine> read_wanted(Context& ctx, const Site& site, const AuditOptions& options) {
    const UtcTime begin = begin_of(options.since, ctx.now());
    std::deque<AuditLine> wanted;
    const bool torn = read_audit(site, [&](const AuditLine& line) {
        if (!line.entry) {
            ctx.out.warning(fmt::format("line {} of {} cannot be read: {}; see \"umsadm audit verify\"", line.number,
                                        site.audit_log().string(), line.problem));
            return;
        }
        if (!is_wanted(*line.entry, options, begin)) return;
        wanted.push_back(line);
        if (options.last && wanted.size() > static_cast<std::size_t>(*options.last)) wanted.pop_front();
    });
    if (torn) {
        ctx.out.warning(
            fmt::format("the last line of {} is not whole and not shown: a crash cut it off, or it is being "
                        "written",
                        site.audit_log().string()));
    }
    return wanted;
}

Json fingerprint_or_null(const std::optional<Fingerprint>& fingerprint) {
    return fingerprint ? Json(fingerprint->to_string()) : Json(nullptr);
}

Json line_json(const AuditLine& line) {
    const AuditEntry& entry = *line.entry;
    return {{"line", line.number},
            {"time", format_utc(entry.time)},
            {"user", entry.user},
            {"action", entry.action},
            {"subject", or_null(entry.subject)},
            {"old_fingerprint_sha256", fingerprint_or_null(entry.old_fingerprint)},
            {"new_fingerprint_sha256", fingerprint_or_null(entry.new_fingerprint)},
            {"result", entry.result},
            {"reason", or_null(entry.reason)},
            {"ticket", or_null(entry.ticket)}};
}

Cell fingerprint_cell(const std::optional<Fingerprint>& fingerprint) {
    if (!fingerprint) return "";
    const std::string text = fingerprint->to_string();
    return {text.substr(0, 11) + "...", text};
}

Style style_of(const std::string& result) {
    if (result == "restore-failed") return Style::bad;
    return result == "failed" || result == "restored" ? Style::warning : Style::plain;
}

ExitCode run_audit(const AuditOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const std::deque<AuditLine> lines = read_wanted(ctx, site, options);
    Json items = Json::array();
    Table table{{{"LINE", Align::right},
                 {"TIME"},
                 {"USER"},
                 {"ACTION"},
                 {"SUBJECT"},
                 {"OLD"},
                 {"NEW"},
                 {"RESULT"},
                 {"TICKET"},
                 {"REASON"}},
                {},
                true};
    for (const AuditLine& line : lines) {
        const AuditEntry& entry = *line.entry;
        items.push_back(line_json(line));
        table.rows.push_back({std::to_string(line.number), format_utc(entry.time), entry.user, entry.action,
                              entry.subject, fingerprint_cell(entry.old_fingerprint),
                              fingerprint_cell(entry.new_fingerprint), Cell(entry.result, style_of(entry.result)),
                              entry.ticket, Cell(shortened(entry.reason, k_reason_width), entry.reason)});
    }
    ctx.out.result({{"items", std::move(items)}});
    if (lines.empty() && ctx.out.for_people()) {
        ctx.out.text("no line of the audit log fits");
    } else {
        ctx.out.table(table);
    }
    return ExitCode::done;
}

}  // namespace

void add_audit(Command& root) {
    const auto options = std::make_shared<AuditOptions>();
    Command& command = root.command("audit", "Who did what: the audit log of the site, newest last");
    command
        .describe(
            "Every command that changes something leaves a line: when, who, what, to which thing, the certificate "
            "before "
            "and after, the result, the reason of --force and the ticket of --ticket. Options narrow down which lines "
            "are shown; with several all have to fit.")
        .option("--since", "DATE|DAYS", "from this day on, as in 2027-12-31, or of the last so many days",
                read_since(options->since))
        .option("--subject", "NAME", "about this gateway, server or certificate (every generation, or NAME@GENERATION)",
                into(options->subject))
        .offering({OfferKind::gateway, OfferKind::server, OfferKind::certificate})
        .option("--action", "TEXT", "with this text in the action, as in \"keystore\" or \"cert renew\"",
                into(options->action))
        .option("--with-ticket", "TEXT", "of this change request", into(options->with_ticket))
        .option("--last", "N", "the newest so many of them", into_number(options->last, 1, 1'000'000'000))
        .example("umsadm audit --since 30 --subject berlin", "what happened to a gateway this month")
        .example("umsadm audit --action keystore --last 10", "the last ten changes of keystores")
        .example("umsadm audit verify", "whether the log was changed afterwards")
        .run([options](Context& ctx) { return run_audit(*options, ctx); });
    command.commands_by([&command] { add_audit_verify(command); });
}

}  // namespace umsadm::app
