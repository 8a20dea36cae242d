#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/gateway.hpp"

#include "../login.hpp"
#include "../renewal.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct RenewCommandOptions {
    RenewOptions renew;
    int jobs = 4;
    int canary = 0;
    std::optional<int> max_failures;
};

// "30d", or "30".
ValueReader into_days(std::chrono::days& target) {
    return {[&target](const std::string& text) {
                constexpr int most = 36525;
                const std::string_view digits = std::string_view(text).substr(0, text.size() - text.ends_with('d'));
                int days = -1;
                const auto [stop, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
                if (problem != std::errc{} || stop != digits.data() + digits.size() || days < 0 || days > most) {
                    throw Error(Code::usage, fmt::format("{} is not a number of days, as in 30d", in_quotes(text)));
                }
                target = std::chrono::days(days);
            },
            false};
}

void refuse_prompt(const std::optional<SecretSource>& source, std::string_view option) {
    if (!source || source->kind != SecretSource::Kind::prompt) return;
    throw Error(Code::usage, fmt::format("\"renew\" asks nothing, so {} cannot be \"prompt\"", option),
                fmt::format("give a file: {} file:PATH", option));
}

void check_options(const RenewOptions& options) {
    refuse_prompt(options.root_key_password, "--root-key-password");
    refuse_prompt(options.each.key_password, "--key-password");
    refuse_prompt(options.each.store_password, "--store-password");
    refuse_prompt(options.each.login.ssh_key_password, "--ssh-key-password");
    refuse_prompt(options.each.login.ssh_password, "--ssh-password");
    refuse_prompt(options.each.login.sudo_password, "--sudo-password");
}

ExitCode run_renew(Context& ctx, const RenewCommandOptions& options) {
    check_options(options.renew);
    RenewOptions renew = options.renew;
    renew.limits.jobs = static_cast<std::size_t>(options.jobs);
    renew.limits.canary = static_cast<std::size_t>(options.canary);
    if (options.max_failures) renew.limits.max_failures = static_cast<std::size_t>(*options.max_failures);
    return renew_gateways(ctx, renew);
}

}  // namespace

void add_renew(Command& root) {
    const auto options = std::make_shared<RenewCommandOptions>();
    RenewOptions& renew = options->renew;
    GatewayUpdateOptions& each = renew.each;
    Command& command = root.command("renew", "For a timer: renew what is due and deploy it, without a question");
    command
        .describe(
            "For each gateway: when the newest generation of the certificate that it uses ends within the time, makes "
            "the next one (once, however many gateways share it) and puts it there as \"keystore update\" does. What "
            "was "
            "made before and did not get there is deployed without making another one. Nothing to do: no output, exit "
            "code 0; --verbose says why.\n"
            "It never asks. It leaves alone what it never deployed to, and what somebody rolled back.")
        .argument("GATEWAY", "names of gateways (default: all)", into(renew.gateways.names), Need::optional);
    add_gateway_choice(command, renew.gateways);
    command
        .option("--within", "DAYS", "how long before its end a certificate is renewed (default: 30d)",
                into_days(renew.within))
        .flag("--dry-run", "say what would be done, change nothing", each.dry_run)
        .option("--wait", "SECONDS", "how long a gateway may take to come up (default: as stored, 90)",
                into(each.wait_seconds))
        .option("--keep-backups", "N", "old keystores of our own that stay on a gateway (default 3)",
                into_number(each.keep_backups, 0, 1000))
        .heading("Rollout")
        .option("--jobs", "N", "gateways at the same time (default 4)", into_number(options->jobs, 1, 256))
        .option("--canary", "N", "so many are updated first; the rest follows only when each of them was verified",
                into_number(options->canary, 0, 1000))
        .option("--max-failures", "N", "start nothing new after N failures (default: go on)",
                into_number(options->max_failures, 1, 100000))
        .heading("Passwords (file:, fd: or env:)")
        .option("--root-key-password", "SRC",
                "the password of the signing key, when it is encrypted, or the PIN of its token",
                into(renew.root_key_password))
        .option("--key-password", "SRC", "passphrase of a certificate's key that is encrypted in the site",
                into(each.key_password))
        .option("--store-password", "SRC", "password of the keystores (default: from each gateway's configuration)",
                into(each.store_password));
    add_renewal_hook_options(command, renew.hooks);
    add_login_options(command, each.login);
    command.example("umsadm renew", "all gateways; from a timer, see docs/timer.md")
        .example("umsadm renew --dry-run --verbose", "what it would do today, and why not more")
        .example("umsadm renew --within 21d --label site=berlin", "later than usual, and only some")
        .example("umsadm renew --failure-hook 'mail -s \"$UMSADM_GATEWAY: $UMSADM_ERROR\" ops </dev/null'",
                 "tell somebody")
        .run([options](Context& ctx) { return run_renew(ctx, *options); });
}

}  // namespace umsadm::app
