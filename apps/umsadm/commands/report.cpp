#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../login.hpp"
#include "../output_file.hpp"
#include "../report_elements.hpp"
#include "../report_page.hpp"
#include "../site_survey.hpp"
#include "../version.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_most_deployments = 20;

struct ReportOptions {
    std::string output;
    std::string title = "UMS Servers and Gateways";
    bool offline = false;
    bool force = false;
    LoginOptions login;
};

// Before anybody is asked: that takes its time, and it would be for nothing.
void check(const ReportOptions& options, const Output& out) {
    check_output_file(out, options.output);
    if (trim(options.title).empty()) throw Error(Code::usage, "the title is empty");
    std::error_code ignored;
    if (options.force || is_standard_output(options.output) || !std::filesystem::exists(options.output, ignored))
        return;
    throw Error(Code::failed, fmt::format("{} exists already", in_quotes(options.output)), "say --force to replace it");
}

Json result_json(const std::string& file, const SiteStatus& status, const LatestDeployments& deployments) {
    return {{"file", file},
            {"time", format_utc(status.time)},
            {"offline", status.offline},
            {"needs_attention", status.needs_attention()},
            {"errors", status.count(Severity::error)},
            {"warnings", status.count(Severity::warning)},
            {"gateways", status.gateways.size()},
            {"servers", status.servers.size()},
            {"deployments", deployments.items.size()}};
}

std::string closing_line(const std::string& file, const SiteStatus& status) {
    return fmt::format("wrote the report to {}: {}, {}; {}, {}", in_quotes(file),
                       counted(status.gateways.size(), "gateway"), counted(status.servers.size(), "server"),
                       counted(status.count(Severity::error), "error"),
                       counted(status.count(Severity::warning), "warning"));
}

ExitCode run_report(const ReportOptions& options, Context& ctx) {
    check(options, ctx.out);
    const Site site = ctx.open_site();
    SiteSurvey survey(ctx, site, options.login);
    if (!options.offline) survey.ask_all();
    const SiteFacts facts = survey.facts(k_expires_soon_days);
    const SiteStatus status = assemble_site_status(facts);
    const LatestDeployments deployments = latest_deployments(facts, k_most_deployments);
    const std::string page =
        report_page({status, deployments, options.title, ctx.site_path.string(), fmt::format("umsadm {}", version())});
    write_output_file(ctx.out, options.output, as_bytes(page), k_public, options.force);
    if (is_standard_output(options.output)) return ExitCode::done;
    ctx.out.result(result_json(options.output, status, deployments));
    ctx.out.text(closing_line(options.output, status));
    return ExitCode::done;
}

}  // namespace

void add_report(Command& root) {
    const auto options = std::make_shared<ReportOptions>();
    Command& command =
        root.command("report", "The status of the site as one page to look at, in a browser or on paper");
    command
        .describe(
            "Asks gateways and servers as \"status\" does, and writes one HTML page: what needs attention, what ends "
            "when, what each gateway serves against what was installed, the UMS IDs, the last deployments. The page "
            "needs no network and no script, and holds no secret.\n"
            "Exit code 0 when the page was written, whatever it says: \"status\" is the check.")
        .option("--output,-o", "FILE", "where to write to, an .html; \"-\" is standard output", into(options->output),
                Need::required)
        .option("--title", "TEXT", "what stands above it, the name of the company, say", into(options->title))
        .flag("--offline", "only what the site knows; connects nowhere", options->offline)
        .flag("--force", "replace the file when it exists", options->force);
    add_login_options(command, options->login);
    command.example("umsadm report -o report.html", "look at it in a browser, print it, send it")
        .example("umsadm report -o /var/www/html/umsadm.html --force", "from a timer")
        .example("umsadm report --offline -o - >report.html",
                 "without a network: from the journals and what was seen last")
        .run([options](Context& ctx) { return run_report(*options, ctx); });
}

}  // namespace umsadm::app
