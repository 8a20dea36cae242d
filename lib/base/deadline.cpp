#include "umsadm/base/deadline.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>

#include "umsadm/base/error.hpp"

namespace umsadm {
namespace {

using std::chrono::milliseconds;

// A signal may be delivered to another thread, or between the check and poll(): so no single wait is longer.
constexpr milliseconds k_slice{200};

}  // namespace

void Cancellation::check() const {
    if (requested()) throw Error(Code::interrupted, "interrupted");
}

milliseconds Deadline::remaining() const noexcept {
    const auto left = std::chrono::ceil<milliseconds>(m_at - SteadyClock::now());
    return std::max(left, milliseconds(0));
}

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
        const auto slice = std::min(k_slice, deadline.remaining());
        const int count = ::poll(&entry, 1, static_cast<int>(slice.count()));
        if (count > 0) return true;
        if (count < 0 && errno != EINTR) throw system_error("cannot wait for a descriptor", errno);
        if (deadline.passed()) return false;
    }
}

void sleep_for(milliseconds duration, const Deadline& deadline) {
    const Deadline end = deadline.at_most(duration);
    while (!end.passed()) {
        deadline.check_interrupted();
        ::poll(nullptr, 0, static_cast<int>(std::min(k_slice, end.remaining()).count()));
    }
    deadline.check_interrupted();
}

}  // namespace umsadm
