#include "lib/deploy/host_link.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace umsadm {
namespace {

constexpr std::chrono::milliseconds k_first_pause{100};
constexpr std::chrono::milliseconds k_longest_pause{2000};

// The host may come back. A refused password is never tried again.
bool may_pass(const Error& error) { return error.code() == Code::unreachable || error.code() == Code::busy; }

}  // namespace

void HostLink::check_interrupted() const {
    if (m_listening && m_ways.cancellation != nullptr) m_ways.cancellation->check();
}

Deadline HostLink::deadline(std::chrono::milliseconds duration) const {
    return Deadline::in(duration, m_listening ? m_ways.cancellation : nullptr);
}

bool HostLink::give_up(const Error& error) {
    const bool interrupted = error.code() == Code::interrupted;
    if (!interrupted && error.code() != Code::unreachable) return false;
    // A script may still be running over this connection: nothing else can be asked over it.
    m_host.reset();
    return !interrupted || !m_listening;
}

void HostLink::reconnect() {
    m_host.reset();  // its lock has to go before it can be taken again
    if (!m_patience) {
        m_patience = {Deadline::in(m_ways.reconnect_for), Deadline::in(m_ways.reconnect_for + m_ways.lock_for)};
    }
    const Deadline host_end = deadline(m_patience->host.remaining());
    const Deadline lock_end = deadline(m_patience->lock.remaining());
    for (std::chrono::milliseconds pause = k_first_pause; true; pause = std::min(pause * 2, k_longest_pause)) {
        Error problem(Code::busy, fmt::format("somebody else has locked {}", m_ways.locked));
        try {
            std::unique_ptr<RemoteHost> host = m_ways.connect();
            if (m_ways.lock(*host)) {
                m_host = std::move(host);
                m_patience.reset();
                return;
            }
        } catch (const Error& error) {
            if (error.code() == Code::interrupted && m_listening) throw;
            problem = error;
        }
        const Deadline& end = problem.code() == Code::busy ? lock_end : host_end;
        if (!may_pass(problem) || end.passed()) {
            throw Error(Code::unreachable,
                        fmt::format("the connection was lost and cannot be made again: {}", problem.message()));
        }
        sleep_for(pause, end);
    }
}

}  // namespace umsadm
