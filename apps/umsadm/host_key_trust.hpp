#pragma once

#include <functional>
#include <string>
#include <vector>

#include "umsadm/registry/site.hpp"

#include "context.hpp"
#include "exit_code.hpp"
#include "login.hpp"
#include "output.hpp"

namespace umsadm::app {

// Whose SSH host key is to be trusted.
struct TrustRequest {
    LoginTarget target;                 // with the login of this run
    std::vector<std::string> trusted;   // until now
    std::vector<std::string> expected;  // by the user; empty: somebody is asked on the terminal
};

// "gateway trust" and "server trust": asks the machine for its host key, shows it beside what was trusted until now,
// and has `store` keep the new one, under the lock of the site. Sets the JSON result. Throws Code::host_key for a key
// that is revoked or not the expected one, Code::needs_answer when nobody can compare it.
ExitCode trust_host_key(Context& ctx, const Site& site, const TrustRequest& request,
                        const std::function<void(const std::string& host_key)>& store);

// Says so when another machine is logged in to from now on while the host key of the one before is still trusted.
void remind_of_host_key(Output& out, const LoginTarget& before, const LoginTarget& after);

// "next: umsadm gateway trust berlin", or "check" when there is nothing to trust.
std::string next_step(const LoginTarget& target);

}  // namespace umsadm::app
