#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "umsadm/remote/remote_host.hpp"

#include "context.hpp"
#include "login.hpp"

namespace umsadm::app {

// Keeps a rollout from trying a wrong password at many hosts, which would lock the account of a directory: the first
// login with a password goes alone, and the others begin when it was accepted. One that was refused there is not tried
// anywhere else. Logins without a password pass. For several threads.
class LoginGate {
public:
    enum class Answer { tried, not_tried };
    using Connect = std::function<std::unique_ptr<RemoteHost>(const LoginTarget&, Context&)>;

    // `refused` is called, from whatever thread, when a host refused a login that has a password.
    LoginGate(Connect connect, std::function<void(const LoginTarget&)> refused)
        : m_connect(std::move(connect)), m_refused(std::move(refused)) {}

    // Context::connect with a gate before it. `answer` tells a login that was never tried, which fails here with
    // Code::login_refused.
    std::unique_ptr<RemoteHost> connect(const LoginTarget& target, Context& context, Answer& answer);

private:
    enum class State { unknown, being_tried, accepted, refused };
    class Turn;

    Connect m_connect;
    std::function<void(const LoginTarget&)> m_refused;
    std::mutex m_guard;
    std::condition_variable m_changed;
    std::map<std::string, State> m_states;  // of each user and password source
};

}  // namespace umsadm::app
