#include "lib/remote/ssh_connect.hpp"

#include <algorithm>
#include <optional>
#include <random>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/tcp.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace remote {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_first_pause{300};
constexpr milliseconds k_longest_pause{4000};
// A server that only hangs up may just as well not want us at all (hosts.deny).
constexpr int k_most_silent_refusals = 6;

// Pauses that double, each between half and one and a half of its length: those who were turned away together must not
// come back together.
class Pauses {
public:
    milliseconds next() {
        std::uniform_real_distribution<double> around(0.5, 1.5);
        const auto pause = std::chrono::duration_cast<milliseconds>(m_length * around(m_random));
        m_length = std::min(2 * m_length, k_longest_pause);
        return pause;
    }

private:
    std::minstd_rand m_random{std::random_device{}()};
    milliseconds m_length = k_first_pause;
};

Error times(const Error& refusal, int count) {
    if (count == 1) return refusal;
    return Error(refusal.code(), fmt::format("{} (tried {} times)", refusal.message(), count), refusal.hint());
}

}  // namespace

std::shared_ptr<SshSession> open_ssh_session(const SshRoute& route, const std::vector<std::string>& host_key_types,
                                             std::chrono::steady_clock::duration timeout, const Deadline& deadline) {
    Pauses pauses;
    std::optional<Error> refusal;
    for (int refusals = 0;;) {
        std::shared_ptr<SshSession> session;
        try {
            SshSocket socket = route.dial(route.endpoint, deadline.at_most(timeout));
            session = std::make_shared<SshSession>(std::move(socket), route.endpoint, host_key_types);
            session->exchange_keys(deadline.at_most(timeout));
            return session;
        } catch (const Error& error) {
            if (error.code() != Code::unreachable) throw;
            const bool turned_away = session != nullptr && session->turned_away();
            if (!turned_away && refusal) throw times(*refusal, refusals);  // what it said tells more than silence
            if (!turned_away) throw;
            refusal = error;
            ++refusals;
        }
        const milliseconds pause = pauses.next();
        const bool goes_on = session->said_too_many() || refusals < k_most_silent_refusals;
        if (!goes_on || pause >= deadline.remaining()) throw times(*refusal, refusals);
        session.reset();
        sleep_for(pause, deadline);
    }
}

}  // namespace remote

SshSocket dial_directly(const Endpoint& endpoint, const Deadline& deadline) {
    UniqueFd fd = connect_socket(endpoint, deadline);
    if (fd) return {std::move(fd)};
    throw Error(Code::unreachable,
                fmt::format("cannot connect to {}: connection refused", printable(endpoint.to_string())),
                "is the SSH server running, and is this its port?");
}

}  // namespace umsadm
