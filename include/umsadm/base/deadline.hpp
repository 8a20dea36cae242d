#pragma once

#include <atomic>
#include <chrono>
#include <string_view>

namespace umsadm {

// Set by a signal handler (it is lock-free), seen by every wait.
class Cancellation {
public:
    void request() noexcept { m_requested.store(true); }
    bool requested() const noexcept { return m_requested.load(); }
    // Throws Code::interrupted when requested.
    void check() const;

private:
    std::atomic<bool> m_requested{false};
    static_assert(std::atomic<bool>::is_always_lock_free);
};

// Until when a wait may last, on the monotonic clock. Every wait of the library takes one: nothing hangs.
class Deadline {
public:
    using SteadyClock = std::chrono::steady_clock;

    static Deadline in(SteadyClock::duration duration, const Cancellation* cancellation = nullptr) {
        return Deadline(SteadyClock::now() + duration, cancellation);
    }

    bool passed() const noexcept { return SteadyClock::now() >= m_at; }
    // What is left, not below zero.
    std::chrono::milliseconds remaining() const noexcept;
    // How long a single wait may be: what is left, and never more than 200 ms. An interruption may wake nobody who
    // waits: a signal goes to whatever thread, or comes between the check and the wait.
    std::chrono::milliseconds slice() const noexcept;
    // The earlier of this one and `duration` from now; the same cancellation.
    Deadline at_most(SteadyClock::duration duration) const;
    // Throws Code::interrupted when the user interrupted.
    void check_interrupted() const;
    const Cancellation* cancellation() const noexcept { return m_cancellation; }

private:
    Deadline(SteadyClock::time_point at, const Cancellation* cancellation) : m_at(at), m_cancellation(cancellation) {}

    SteadyClock::time_point m_at;
    const Cancellation* m_cancellation;
};

enum class Ready { read, write, both };

// Waits until the descriptor is ready. Returns false when the deadline passed first.
// Throws Code::interrupted when the user interrupted (within 200 ms, also when the signal hit another thread).
bool wait_ready(int fd, Ready ready, const Deadline& deadline);

// Sleeps, not beyond the deadline. Throws Code::interrupted when the user interrupted.
void sleep_for(std::chrono::milliseconds duration, const Deadline& deadline);

}  // namespace umsadm
