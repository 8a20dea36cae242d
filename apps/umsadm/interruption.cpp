#include "interruption.hpp"

#include <csignal>

#include <signal.h>

namespace umsadm::app {
namespace {

// A signal handler reaches nothing but globals.
Cancellation g_cancellation;

void on_signal(int) { g_cancellation.request(); }

}  // namespace

Cancellation& listen_for_interruption() noexcept {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction present {};
        if (::sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_IGN) continue;
        struct sigaction action {};
        action.sa_handler = on_signal;
        // No SA_RESTART: a wait in a system call has to end. SA_RESETHAND: the second signal kills.
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigemptyset(&action.sa_mask);
        ::sigaction(number, &action, nullptr);
    }
    return g_cancellation;
}

}  // namespace umsadm::app
