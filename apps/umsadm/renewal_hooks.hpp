#pragma once

#include <string>
#include <vector>

#include "umsadm/registry/site.hpp"

#include "command.hpp"
#include "context.hpp"
#include "deployment.hpp"
#include "hook.hpp"
#include "json.hpp"

namespace umsadm::app {

// Commands of the user around a renewal; empty: none.
struct RenewalHookOptions {
    std::string pre;
    std::string deploy;
    std::string post;
    std::string failure;
    int timeout_seconds = 300;
};

void add_renewal_hook_options(Command& command, RenewalHookOptions& options);

// Runs them, each at its time. What fails is said and remembered, never thrown. Only the pre-hook ends with the user's
// interruption: the others belong to something that was done.
class RenewalHooks {
public:
    RenewalHooks(Context& ctx, const Site& site, const RenewalHookOptions& options)
        : m_ctx(ctx), m_site(site), m_options(options) {}

    // The pre-hook, before anything is changed on these gateways. False: it failed, and nothing shall be changed.
    bool begin(const std::vector<std::string>& gateways);
    // The deploy-hook or the failure-hook, for what became of one gateway.
    void after(const Deployment& deployment);
    // The post-hook. `code` is what the run ends with.
    void finish(ExitCode code);

    bool failed() const noexcept { return m_failed; }
    Json json() const;  // [{"hook", "gateway", "ok", "problem"}]

private:
    struct Ran {
        std::string name;
        std::string gateway;  // empty: of the whole run
        std::optional<std::string> problem;
    };

    bool run(const std::string& name, const std::string& command, Hook hook, const std::string& gateway = {});
    Hook new_hook(const std::string& outcome) const;

    Context& m_ctx;
    const Site& m_site;
    const RenewalHookOptions& m_options;
    std::string m_gateways;
    std::vector<Ran> m_ran;
    bool m_failed = false;
};

}  // namespace umsadm::app
