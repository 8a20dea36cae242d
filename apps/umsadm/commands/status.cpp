#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../login.hpp"
#include "../output_file.hpp"
#include "../site_survey.hpp"
#include "../status_json.hpp"
#include "../status_nagios.hpp"
#include "../status_prometheus.hpp"
#include "../status_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

enum class StatusFormat { text, nagios, prometheus };

struct StatusOptions {
    bool offline = false;
    StatusFormat format = StatusFormat::text;
    std::optional<int> warning;
    std::optional<int> critical;
    std::string output;
    LoginOptions login;
};

ValueReader into_format(StatusFormat& target) {
    return {[&target](const std::string& text) {
                if (text == "text") {
                    target = StatusFormat::text;
                } else if (text == "nagios") {
                    target = StatusFormat::nagios;
                } else if (text == "prometheus") {
                    target = StatusFormat::prometheus;
                } else {
                    throw Error(Code::usage, fmt::format("{} is not one of text, nagios, prometheus", in_quotes(text)));
                }
            },
            false};
}

NagiosThresholds thresholds_of(const StatusOptions& options) {
    NagiosThresholds thresholds;
    thresholds.warning = options.warning.value_or(thresholds.warning);
    thresholds.critical = options.critical.value_or(std::min(thresholds.critical, thresholds.warning));
    return thresholds;
}

void check(const StatusOptions& options, const Output& out) {
    if (options.format != StatusFormat::text && (out.json() || out.options().machine_readable)) {
        throw Error(Code::usage, "--format cannot be used together with --json or --machine-readable");
    }
    if (options.format != StatusFormat::nagios && (options.warning || options.critical)) {
        throw Error(Code::usage, "--warning and --critical go with --format nagios only");
    }
    if (options.format != StatusFormat::prometheus && !options.output.empty()) {
        throw Error(Code::usage, "--output goes with --format prometheus only");
    }
    const NagiosThresholds thresholds = thresholds_of(options);
    if (thresholds.critical > thresholds.warning) {
        throw Error(Code::usage, "--critical is more days than --warning");
    }
}

template <typename Show>
ExitCode with_status(const StatusOptions& options, Context& ctx, Show show) {
    const Site site = ctx.open_site();
    SiteSurvey survey(ctx, site, options.login);
    if (!options.offline) survey.ask_all();
    return show(assemble_site_status(survey.facts(options.warning.value_or(k_expires_soon_days))));
}

ExitCode run_for_nagios(const StatusOptions& options, Context& ctx) {
    const auto print = [&](const std::string& line) { ctx.out.raw(as_bytes(line)); };
    const NagiosThresholds thresholds = thresholds_of(options);
    // A plugin that fails is a service whose state is unknown: the exit code of the error would mean something else.
    try {
        return with_status(options, ctx, [&](const SiteStatus& status) {
            print(nagios_line(status, thresholds));
            return static_cast<ExitCode>(nagios_state(status, thresholds));
        });
    } catch (const Error& error) {
        print(nagios_line(error));
        return static_cast<ExitCode>(NagiosState::unknown);
    }
}

ExitCode verdict(const SiteStatus& status) noexcept {
    return status.needs_attention() ? ExitCode::refused : ExitCode::done;
}

ExitCode run_status(const StatusOptions& options, Context& ctx) {
    check(options, ctx.out);
    if (options.format == StatusFormat::nagios) return run_for_nagios(options, ctx);
    return with_status(options, ctx, [&](const SiteStatus& status) {
        if (options.format == StatusFormat::prometheus) {
            const std::string file = options.output.empty() ? "-" : options.output;
            write_output_file(ctx.out, file, as_bytes(prometheus_text(status)), k_public, true);
            return verdict(status);
        }
        if (ctx.out.json()) ctx.out.result(status_json(status));
        if (status.gateways.empty() && status.servers.empty()) {
            ctx.out.note("the site has neither a gateway nor a server: umsadm gateway add, umsadm server add");
        }
        if (!ctx.out.json()) show_status(ctx.out, status);
        return verdict(status);
    });
}

}  // namespace

void add_status(Command& root) {
    const auto options = std::make_shared<StatusOptions>();
    Command& command = root.command("status", "Everything at a glance: gateways, servers, UMS ID, certificates");
    command
        .describe(
            "Asks the TLS ports of all gateways, without logging in, and all servers as \"id show\" does, at the same "
            "time. Compares what a gateway serves with what was installed there and with what the site has. What "
            "cannot be asked is unknown.\n"
            "Exit code 4 when something needs attention: whatever is listed as an error or a warning. With --format "
            "nagios the exit code is that of a plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.")
        .flag("--offline", "only what the site knows; connects nowhere", options->offline)
        .option("--format", "text|nagios|prometheus", "(default: text)", into_format(options->format))
        .option("--warning", "DAYS", "nagios: WARNING when something in use ends within so many days (default: 30)",
                into_number(options->warning, 0, 36525))
        .option("--critical", "DAYS", "nagios: CRITICAL when it ends within so many days (default: 7)",
                into_number(options->critical, 0, 36525))
        .option("--output,-o", "FILE", "prometheus: write this file, whole or not at all, readable by all",
                into(options->output));
    add_login_options(command, options->login);
    command.example("umsadm status", "what is where, and what to do next")
        .example("umsadm status --offline", "without a network: from the journals and what was seen last")
        .example("umsadm status --format nagios --warning 21 --critical 5", "as a check of Nagios, Icinga or Checkmk")
        .example("umsadm status --format prometheus -o /var/lib/prometheus/node-exporter/umsadm.prom",
                 "for the textfile collector, from a timer")
        .run([options](Context& ctx) { return run_status(*options, ctx); });
}

}  // namespace umsadm::app
