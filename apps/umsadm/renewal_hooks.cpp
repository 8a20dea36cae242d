#include "renewal_hooks.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {

void add_renewal_hook_options(Command& command, RenewalHookOptions& options) {
    command.heading("Hooks, run by /bin/sh -c")
        .option("--pre-hook", "CMD",
                "before anything is changed, when there is something to do; when it fails, nothing is",
                into(options.pre))
        .option("--deploy-hook", "CMD", "for each gateway that was updated", into(options.deploy))
        .option("--failure-hook", "CMD", "for each gateway that was not renewed or updated", into(options.failure))
        .option("--post-hook", "CMD", "at the end, whenever the pre-hook's time had come", into(options.post))
        .option("--hook-timeout", "SECONDS", "how long each may take (default: 300)",
                into_number(options.timeout_seconds, 1, 86400));
}

bool RenewalHooks::begin(const std::vector<std::string>& gateways) {
    m_gateways = fmt::format("{}", fmt::join(gateways, " "));
    return run("pre", m_options.pre, new_hook("planned"));
}

void RenewalHooks::after(const Deployment& deployment) {
    const Outcome& outcome = deployment.outcome;
    Hook hook = new_hook(std::string(outcome_name(outcome.result)));
    hook.variables.emplace_back("UMSADM_GATEWAY", deployment.gateway);
    hook.variables.emplace_back("UMSADM_CERTIFICATE", deployment.certificate);
    hook.variables.emplace_back("UMSADM_FINGERPRINT_SHA256", outcome.new_leaf ? outcome.new_leaf->to_string() : "");
    hook.variables.emplace_back("UMSADM_OLD_FINGERPRINT_SHA256", outcome.old_leaf ? outcome.old_leaf->to_string() : "");
    if (outcome.result == RunOutcome::updated && !outcome.error) {
        run("deploy", m_options.deploy, std::move(hook), deployment.gateway);
    } else if (deployments_exit_code({deployment}) != ExitCode::done) {
        std::string problem = outcome.error ? outcome.error->message() : std::string();
        for (const Finding& finding : outcome.findings) {
            if (problem.empty() && finding.severity == Severity::error) problem = finding.text;
        }
        hook.variables.emplace_back("UMSADM_ERROR", printable(problem));
        run("failure", m_options.failure, std::move(hook), deployment.gateway);
    }
}

void RenewalHooks::finish(ExitCode code) {
    if (m_failed) code = worst(code, ExitCode::failed);
    Hook hook = new_hook(code == ExitCode::done ? "done" : "failed");
    hook.variables.emplace_back("UMSADM_EXIT_CODE", fmt::format("{}", static_cast<int>(code)));
    run("post", m_options.post, std::move(hook));
}

Hook RenewalHooks::new_hook(const std::string& outcome) const {
    Hook hook;
    hook.limit = std::chrono::seconds(m_options.timeout_seconds);
    hook.quiet = m_ctx.out.options().quiet;
    hook.variables = {
        {"UMSADM_SITE", m_site.path().string()}, {"UMSADM_GATEWAYS", m_gateways}, {"UMSADM_OUTCOME", outcome}};
    if (!m_ctx.ticket.empty()) hook.variables.emplace_back("UMSADM_TICKET", m_ctx.ticket);
    return hook;
}

bool RenewalHooks::run(const std::string& name, const std::string& command, Hook hook, const std::string& gateway) {
    if (command.empty()) return true;
    hook.command = command;
    hook.variables.emplace_back("UMSADM_HOOK", name);
    const std::string whose = gateway.empty() ? "" : fmt::format(" for gateway {}", in_quotes(gateway));
    m_ctx.out.verbose(fmt::format("running the {}-hook{}", name, whose));
    const Cancellation* const cancellation = name == "pre" ? &m_ctx.cancellation : nullptr;
    Ran ran{name, gateway, std::nullopt};
    try {
        ran.problem = run_hook(hook, cancellation);
    } catch (const Error& error) {
        ran.problem = error.message();
    }
    if (ran.problem) {
        m_failed = true;
        m_ctx.out.error(Error(Code::failed, fmt::format("the {}-hook{} failed: {}", name, whose, *ran.problem)));
    }
    m_ran.push_back(std::move(ran));
    return !m_ran.back().problem;
}

Json RenewalHooks::json() const {
    Json items = Json::array();
    for (const Ran& ran : m_ran) {
        items.push_back({{"hook", ran.name},
                         {"gateway", ran.gateway.empty() ? Json(nullptr) : Json(ran.gateway)},
                         {"ok", !ran.problem},
                         {"problem", ran.problem ? Json(*ran.problem) : Json(nullptr)}});
    }
    return items;
}

}  // namespace umsadm::app
