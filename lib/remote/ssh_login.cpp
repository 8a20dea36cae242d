#include "lib/remote/ssh_login.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/remote/ssh_identity.hpp"
#include "lib/remote/ssh_password.hpp"

namespace umsadm::remote {
namespace {

// A server ends the connection after six failures by default (MaxAuthTries), and asking for its methods again counts as
// one.
constexpr std::size_t k_most_keys = 4;

class LoginAttempt {
public:
    LoginAttempt(SshSession& session, const SshLogin& login, const std::string& host, const Deadline& deadline)
        : m_session(session), m_login(login), m_host(host), m_deadline(deadline) {}

    void run() {
        // One key is offered without asking first what the server takes: a round trip less. More of them would add up
        // to too many failures when it takes none.
        if (m_login.keys.size() == 1 && !m_login.agent_socket) try_next_key();
        if (libssh2_userauth_authenticated(m_session.raw()) == 0) {
            refresh_methods();
            if (!offered("publickey")) take_back_keys();
        }
        while (libssh2_userauth_authenticated(m_session.raw()) == 0) {
            if (!(offered("publickey") && try_next_key()) && !try_password()) throw refused();
        }
    }

private:
    // Also tells a partial success ("now the password, too") from a refusal: libssh2 reports both alike.
    void refresh_methods() {
        const char* list = m_session.finish(m_deadline, "logging in", [&] {
            return static_cast<const char*>(libssh2_userauth_list(m_session.raw(), m_login.user.data(),
                                                                  static_cast<unsigned>(m_login.user.size())));
        });
        m_methods = list == nullptr ? std::string() : list;
        if (list == nullptr && libssh2_userauth_authenticated(m_session.raw()) == 0) throw hung_up();
    }

    bool offered(std::string_view method) const {
        const auto methods = split(m_methods, ',');
        return std::find(methods.begin(), methods.end(), method) != methods.end();
    }

    bool try_next_key() {
        if (!m_keys_collected) collect_keys();
        if (m_next_key == m_keys.size() || m_next_key == k_most_keys) return false;
        const Identity& identity = m_keys[m_next_key++];
        m_tried.push_back(fmt::format("key {}", in_quotes(identity.name)));
        switch (offer_identity(m_session, m_login.user, identity, m_deadline)) {
            case IdentityAnswer::accepted:
            case IdentityAnswer::unknown: return true;
            case IdentityAnswer::refused_after_signature: refresh_methods(); return true;
            case IdentityAnswer::closed: throw hung_up();
        }
        return false;
    }

    // The server wants something else first; it was not about the key.
    void take_back_keys() {
        m_next_key = 0;
        m_tried.clear();
    }

    void collect_keys() {
        m_keys_collected = true;
        for (const SshKey& key : m_login.keys) m_keys.push_back(identity_of(key));
        if (!m_login.agent_socket) return;
        try {
            add_agent_identities(m_keys, *m_login.agent_socket, m_login.agent_keys, m_deadline);
        } catch (const Error& error) {
            if (error.code() != Code::login_refused) throw;
            m_tried.push_back(error.message());  // there may be a password yet
        }
    }

    // Once and never again: a second failure may lock the account.
    bool try_password() {
        const bool plain = offered("password");
        if (m_login.password == nullptr || m_password_tried || !(plain || offered("keyboard-interactive")))
            return false;
        m_password_tried = true;
        m_tried.emplace_back("password");
        if (m_login.before_password) m_login.before_password();
        const PasswordAnswer answer = plain ? send_password(m_session, m_login.user, *m_login.password, m_deadline)
                                            : answer_questions(m_session, m_login.user, *m_login.password, m_deadline);
        switch (answer) {
            case PasswordAnswer::accepted: return true;
            case PasswordAnswer::refused: refresh_methods(); return true;
            case PasswordAnswer::expired:
                throw Error(Code::login_refused,
                            fmt::format("the password of {} on {} has expired", in_quotes(m_login.user), m_host),
                            "log in by hand and change it");
            case PasswordAnswer::closed: throw hung_up();
        }
        return false;
    }

    std::string tried() const {
        std::string text;
        for (const std::string& one : m_tried) text += (text.empty() ? "" : ", ") + one;
        return text.empty() ? "nothing to try" : "tried: " + text;
    }

    Error refused() const {
        std::string hint = "check user, keys and password";
        if (m_keys.size() > k_most_keys) {
            hint = fmt::format("only the first {} of {} keys are tried; name the right one with --ssh-key", k_most_keys,
                               m_keys.size());
        } else if (m_tried.empty()) {
            hint = "give a key with --ssh-key, an agent with --ssh-agent, or a password with --ssh-password";
        }
        return Error(Code::login_refused,
                     fmt::format("the login as {} to {} was refused ({}; the server takes: {})",
                                 in_quotes(m_login.user), m_host, tried(), printable(m_methods)),
                     std::move(hint));
    }

    Error hung_up() {
        const Error lost = m_session.lost("logging in");
        return Error(
            Code::login_refused, fmt::format("{} ({})", lost.message(), tried()),
            "the account may be expired or barred (\"chage -l USER\", /etc/nologin), or too many keys were offered");
    }

    SshSession& m_session;
    const SshLogin& m_login;
    const std::string& m_host;
    const Deadline& m_deadline;
    std::string m_methods;
    std::vector<Identity> m_keys;
    std::size_t m_next_key = 0;
    bool m_keys_collected = false;
    bool m_password_tried = false;
    std::vector<std::string> m_tried;
};

}  // namespace

void log_in(SshSession& session, const SshLogin& login, const std::string& host, const Deadline& deadline) {
    LoginAttempt(session, login, host, deadline).run();
}

}  // namespace umsadm::remote
