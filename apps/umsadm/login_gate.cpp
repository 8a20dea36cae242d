#include "login_gate.hpp"

#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"

namespace umsadm::app {
namespace {

// The user may interrupt, which wakes no waiter here.
constexpr std::chrono::milliseconds k_slice{200};

std::string source_of(const std::optional<SecretSource>& source) { return source ? source->to_string() : ""; }

// Who logs in, and where the passwords come from; empty when there are none.
std::string password_of(const LoginTarget& target) {
    const LoginOptions& login = target.login;
    const std::string ssh = is_local(login) ? "" : source_of(login.ssh_password);
    const std::string sudo = source_of(login.sudo_password);
    if (ssh.empty() && sudo.empty()) return {};
    return fmt::format("{}\n{}\n{}", is_local(login) ? "" : ssh_user(login), ssh, sudo);
}

}  // namespace

// The right to try a password. Who tries one that nobody knows yet lets the others go on at the end, whatever happened.
class LoginGate::Turn {
public:
    Turn(LoginGate& gate, const std::string& password, const Cancellation& cancellation) : m_gate(gate) {
        std::unique_lock lock(gate.m_guard);
        State& state = gate.m_states[password];
        while (state == State::being_tried) {
            gate.m_changed.wait_for(lock, k_slice);
            cancellation.check();
        }
        m_known = state;
        if (state != State::unknown) return;
        state = State::being_tried;
        m_state = &state;
    }
    ~Turn() {
        if (m_state == nullptr) return;
        {
            const std::lock_guard lock(m_gate.m_guard);
            *m_state = m_result;
        }
        m_gate.m_changed.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    State known() const noexcept { return m_known; }
    void ends(State result) noexcept { m_result = result; }

private:
    LoginGate& m_gate;
    State m_known = State::unknown;
    State* m_state = nullptr;         // it is ours to find out; entries of the map stay where they are
    State m_result = State::unknown;  // a host that could not be reached says nothing about a password
};

std::unique_ptr<RemoteHost> LoginGate::connect(const LoginTarget& target, Context& context, Answer& answer) {
    answer = Answer::tried;
    const std::string password = password_of(target);
    if (password.empty()) return m_connect(target, context);
    Turn turn(*this, password, context.cancellation);
    if (turn.known() == State::refused) {
        answer = Answer::not_tried;
        throw Error(Code::login_refused, "the password was refused by another host, so it was not tried here",
                    "correct the password, then go on with \"umsadm keystore update --resume\"");
    }
    try {
        std::unique_ptr<RemoteHost> host = m_connect(target, context);
        turn.ends(State::accepted);
        return host;
    } catch (const Error& error) {
        if (error.code() == Code::login_refused) {
            turn.ends(State::refused);
            m_refused(target);
        }
        throw;
    }
}

}  // namespace umsadm::app
