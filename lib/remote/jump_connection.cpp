#include "lib/remote/jump_connection.hpp"

#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/remote/host_key_check.hpp"
#include "lib/remote/ssh_login.hpp"

namespace umsadm::remote {
namespace {

// A connection that the server makes takes two round trips. After this time others go elsewhere.
constexpr std::chrono::seconds k_patience{1};

Error not_allowed_in(const Error& error) {
    if (error.code() != Code::login_refused) return error;
    Error told = error;
    told.set_hint(
        "a jump host is logged in to with a key or the SSH agent, never with a password: see --ssh-key and "
        "--ssh-agent");
    return told;
}

}  // namespace

struct JumpConnection::Wish {
    Endpoint endpoint;
    enum class State { waiting, begun, answered, lost } state = State::waiting;
    UniqueFd socket;
    std::string refusal;
};

struct JumpConnection::Epitaph {
    std::mutex mutex;
    std::string text;
};

JumpConnection::JumpConnection(SshTarget target, std::string name)
    : m_target(std::move(target)), m_name(std::move(name)), m_epitaph(std::make_shared<Epitaph>()) {
    m_target.cancellation = &m_stop;
    try {
        m_thread = std::thread([this] { work(); });
    } catch (const std::system_error& error) {
        throw system_error("cannot start a thread for a jump host", error.code().value());
    }
}

JumpConnection::~JumpConnection() {
    m_stop.request();
    m_wake_up.call();
    m_thread.join();
}

void JumpConnection::work() noexcept {
    try {
        connect_and_pump();
        end(Error(Code::unreachable, "it was not needed any more"));
    } catch (const Error& error) {
        end(error);
    } catch (const std::exception& error) {
        end(Error(Code::failed, error.what()));
    }
}

void JumpConnection::connect_and_pump() {
    const std::string where = printable(m_target.endpoint.to_string());
    const auto session = with_context(fmt::format("connecting to the jump host {}", m_name), [&] {
        auto verified = connect_verified(m_target);
        try {
            log_in(*verified, m_target.login, where, Deadline::in(m_target.connect_timeout, &m_stop));
        } catch (const Error& error) {
            throw not_allowed_in(error);
        }
        return verified;
    });
    TunnelPump pump(*session, m_wake_up, m_stop);
    {
        const std::lock_guard lock(m_mutex);
        m_state = State::up;
        m_was_up = true;
    }
    m_changed.notify_all();
    try {
        pump.run([&] { begin_next_wish(pump); });
    } catch (const Error& error) {
        // Said before the sockets of the tunnels close, and those who use them ask why.
        end(Error(error.code(), fmt::format("the connection to the jump host {} was lost: {}", m_name, error.message()),
                  error.hint()));
    }
}

void JumpConnection::end(const Error& why) noexcept {
    {
        const std::lock_guard lock(m_epitaph->mutex);
        if (m_epitaph->text.empty()) m_epitaph->text = why.message();
    }
    {
        const std::lock_guard lock(m_mutex);
        if (m_state == State::over) return;
        m_state = State::over;
        m_failure = why;
        for (const auto& wish : m_wishes) wish->state = Wish::State::lost;
        m_wishes.clear();
        if (m_current) m_current->state = Wish::State::lost;
        m_current.reset();
    }
    m_changed.notify_all();
}

void JumpConnection::begin_next_wish(TunnelPump& pump) {
    const std::lock_guard lock(m_mutex);
    if (pump.is_opening() || m_wishes.empty()) return;
    m_current = m_wishes.front();
    m_wishes.pop_front();
    m_current->state = Wish::State::begun;
    m_patience = Deadline::in(k_patience);
    // Nobody may wait for it any more when it comes: then the socket is closed with the wish.
    pump.open(m_current->endpoint, [this](UniqueFd socket, const std::string& refusal) {
        {
            const std::lock_guard answering(m_mutex);
            m_current->socket = std::move(socket);
            m_current->refusal = refusal;
            m_current->state = Wish::State::answered;
            m_current.reset();
            m_patience.reset();
        }
        m_changed.notify_all();
    });
}

JumpConnection::Opened JumpConnection::open(const Endpoint& endpoint, const Deadline& deadline) {
    const auto wish = std::make_shared<Wish>();
    wish->endpoint = endpoint;
    std::unique_lock lock(m_mutex);
    if (m_state == State::over) {
        wish->state = Wish::State::lost;
        return result_of(*wish);
    }
    m_wishes.push_back(wish);
    m_wake_up.call();
    struct Withdraw {
        JumpConnection& from;
        const std::shared_ptr<Wish>& wish;
        ~Withdraw() { std::erase(from.m_wishes, wish); }
    } const withdraw{*this, wish};
    while (is_waiting(*wish)) {
        deadline.check_interrupted();
        if (deadline.passed()) {
            throw Error(Code::unreachable, m_state == State::up
                                               ? fmt::format("the jump host {} did not get a connection to {} in time",
                                                             m_name, printable(endpoint.to_string()))
                                               : fmt::format("the jump host {} did not let us in in time", m_name));
        }
        if (wish->state == Wish::State::waiting && held_up()) return {};
        m_changed.wait_for(lock, deadline.slice());
    }
    return result_of(*wish);
}

bool JumpConnection::is_waiting(const Wish& wish) const {
    return wish.state == Wish::State::waiting || wish.state == Wish::State::begun;
}

JumpConnection::Opened JumpConnection::result_of(Wish& wish) const {
    if (wish.state == Wish::State::lost) {
        if (!m_was_up) throw Error(*m_failure);
        return {std::nullopt, m_failure};
    }
    if (!wish.socket) {
        throw Error(Code::unreachable,
                    fmt::format("the jump host {} does not connect to {}: {}", m_name,
                                printable(wish.endpoint.to_string()), wish.refusal),
                    wish.refusal.find("prohibited") != std::string::npos
                        ? "allow it with AllowTcpForwarding and PermitOpen in the sshd_config of the jump host"
                        : "is its SSH server running, and does the jump host know it by this name?");
    }
    const auto why = [epitaph = m_epitaph] {
        const std::lock_guard reading(epitaph->mutex);
        return epitaph->text;
    };
    return {SshSocket{std::move(wish.socket), why}, std::nullopt};
}

bool JumpConnection::is_over() const {
    const std::lock_guard lock(m_mutex);
    return m_state == State::over;
}

std::optional<Error> JumpConnection::refusal() const {
    const std::lock_guard lock(m_mutex);
    const bool refused =
        m_failure && !m_was_up && (m_failure->code() == Code::host_key || m_failure->code() == Code::login_refused);
    return refused ? m_failure : std::nullopt;
}

bool JumpConnection::is_held_up() const {
    const std::lock_guard lock(m_mutex);
    return held_up();
}

bool JumpConnection::held_up() const { return m_patience && m_patience->passed(); }

}  // namespace umsadm::remote
