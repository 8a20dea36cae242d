#include "umsadm/base/deadline.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>

#include "umsadm/base/error.hpp"

namespace umsadm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_slice{200};

}  // namespace

void Cancellation::check() const {
    if (requested()) throw Error(Code::interrupted, "interrupted");
}

milliseconds Deadline::remaining() const noexcept {
    const auto left = std::chrono::ceil<milliseconds>(m_at - SteadyClock::now());
    return std::max(left, milliseconds(0));
}

milliseconds Deadline::slice() const noexcept { return std::min(k_slice, remaining()); }

Deadline Deadline::at_most(SteadyClock::duration duration) const {
    return Deadline(std::min(m_at, SteadyClock::now() + duration), m_cancellation);
}

void Deadline::check_interrupted() const {
    if (m_cancellation != nullptr) m_cancellation->check();
}

bool wait_ready(int fd, Ready ready, const Deadline& deadline) {
    pollfd entry{};
    entry.fd = fd;
    if (ready != Ready::write) entry.events |= POLLIN;
    if (ready != Ready::read) entry.events |= POLLOUT;
    while (true) {
        deadline.check_interrupted();
        const int count = ::poll(&entry, 1, static_cast<int>(deadline.slice().count()));
        if (count > 0) return true;
        if (count < 0 && errno != EINTR) throw system_error("cannot wait for a descriptor", errno);
        if (deadline.passed()) return false;
    }
}

void sleep_for(milliseconds duration, const Deadline& deadline) {
    const Deadline end = deadline.at_most(duration);
    while (!end.passed()) {
        deadline.check_interrupted();
        ::poll(nullptr, 0, static_cast<int>(end.slice().count()));
    }
    deadline.check_interrupted();
}

}  // namespace umsadm
