#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "umsadm/base/error.hpp"
#include "umsadm/remote/remote_host.hpp"

#include "context.hpp"
#include "login.hpp"

namespace umsadm::app {

// Keeps a rollout from trying a wrong password at many hosts, which would lock the account of a directory: the first
// one to send a password does so alone, and the others, who may be connected by then, send theirs when it was accepted.
// One that was refused there is not sent anywhere else. For several threads.
class LoginGate {
public:
    enum class Answer { tried, not_tried };
    using Connect = std::function<std::unique_ptr<RemoteHost>(const LoginTarget&, Context&)>;

    // Called, from whatever thread, when a login that has a password was refused: by the host, or by a jump host on the
    // way, which gets no password. The error says who refused what.
    using Refused = std::function<void(const LoginTarget&, const Error&)>;

    LoginGate(Connect connect, Refused refused) : m_connect(std::move(connect)), m_refused(std::move(refused)) {}

    // Context::connect with a gate before it. `answer` tells a login that was never tried, which fails here with
    // Code::login_refused.
    std::unique_ptr<RemoteHost> connect(const LoginTarget& target, Context& context, Answer& answer);

private:
    enum class State { unknown, being_tried, accepted, refused };
    struct Known {
        State state = State::unknown;
        std::string refusal{};
    };
    class Turn;

    Connect m_connect;
    Refused m_refused;
    std::mutex m_guard;
    std::condition_variable m_changed;
    std::map<std::string, Known> m_known;  // of each user and password source
};

}  // namespace umsadm::app
