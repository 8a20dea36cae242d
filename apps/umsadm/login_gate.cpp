#include "login_gate.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace umsadm::app {
namespace {

// The user may interrupt, which wakes no waiter here.
constexpr std::chrono::milliseconds k_slice{200};

std::string source_of(const std::optional<SecretSource>& source) { return source ? source->to_string() : ""; }

// Where the passwords come from; empty when there are none.
std::string sources_of(const LoginOptions& login) {
    const std::string ssh = is_local(login) ? "" : source_of(login.ssh_password);
    const std::string sudo = source_of(login.sudo_password);
    if (ssh.empty() && sudo.empty()) return {};
    return fmt::format("{}\n{}", ssh, sudo);
}

}  // namespace

// The right to try a password. Who tries one that nobody knows yet lets the others go on at the end, whatever happened.
class LoginGate::Turn {
public:
    Turn(LoginGate& gate, const std::string& password, const Cancellation& cancellation) : m_gate(gate) {
        std::unique_lock lock(gate.m_guard);
        Known& known = gate.m_known[password];
        while (known.state == State::being_tried) {
            gate.m_changed.wait_for(lock, k_slice);
            cancellation.check();
        }
        m_known = known;
        if (known.state != State::unknown) return;
        known.state = State::being_tried;
        m_ours = &known;
    }
    ~Turn() {
        if (m_ours == nullptr) return;
        {
            const std::lock_guard lock(m_gate.m_guard);
            *m_ours = std::move(m_result);
        }
        m_gate.m_changed.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    const Known& known() const noexcept { return m_known; }
    void ends(Known result) noexcept { m_result = std::move(result); }

private:
    LoginGate& m_gate;
    Known m_known;
    Known* m_ours = nullptr;  // it is ours to find out; entries of the map stay where they are
    Known m_result;           // a host that could not be reached says nothing about a password
};

std::unique_ptr<RemoteHost> LoginGate::connect(const LoginTarget& target, Context& context, Answer& answer) {
    answer = Answer::tried;
    const std::string sources = sources_of(target.login);
    if (sources.empty()) return m_connect(target, context);
    std::optional<Turn> turn;
    LoginTarget gated = target;
    gated.before_password = [&](const std::string& user) {
        if (turn) return;
        turn.emplace(*this, fmt::format("{}\n{}", user, sources), context.cancellation);
        if (turn->known().state != State::refused) return;
        answer = Answer::not_tried;
        throw Error(Code::login_refused, fmt::format("not tried: {}", turn->known().refusal),
                    "correct the login, then go on with \"umsadm keystore update --resume\"");
    };
    try {
        std::unique_ptr<RemoteHost> host = m_connect(gated, context);
        if (turn) turn->ends({State::accepted});
        return host;
    } catch (const Error& error) {
        if (error.code() == Code::login_refused && answer == Answer::tried) {
            if (turn) turn->ends({State::refused, error.message()});
            m_refused(target, error);
        }
        throw;
    }
}

}  // namespace umsadm::app
