#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/deploy/execute.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// The connection over which a change is made: made again, with its lock, when it is lost.
class HostLink {
public:
    struct Ways {
        Connect connect;
        std::function<bool(RemoteHost&)> lock;  // false: somebody else holds it
        std::string_view locked;                // "the folder of the keystore": for messages
        const Cancellation* cancellation = nullptr;
        std::chrono::milliseconds reconnect_for{0};
        // The shell of a lost connection goes on with its script, and holds the lock until that ends.
        std::chrono::milliseconds lock_for{0};
    };

    // `host` is replaced when the connection is made again, and null when that failed.
    HostLink(std::unique_ptr<RemoteHost>& host, Ways ways) : m_host(host), m_ways(std::move(ways)) {}

    bool is_listening() const noexcept { return m_listening; }
    void stop_listening() noexcept { m_listening = false; }  // to the user's interruption
    void check_interrupted() const;
    Deadline deadline(std::chrono::milliseconds duration) const;

    // Calls `action` with the host, once more over a new connection when the connection is lost. Throws
    // Code::unreachable when none can be made. One loss has one time for that, however many steps want the host: when
    // it is over, each of them tries once more.
    template <typename Action>
    auto on_host(Action&& action) {
        if (m_host == nullptr) reconnect();
        try {
            return action(*m_host);
        } catch (const Error& error) {
            if (!give_up(error)) throw;
        }
        reconnect();
        return action(*m_host);
    }

private:
    struct Patience {
        Deadline host;
        Deadline lock;
    };

    // Whether this failure means that the host has to be connected again. It is given up then.
    bool give_up(const Error& error);
    void reconnect();

    std::unique_ptr<RemoteHost>& m_host;
    Ways m_ways;
    bool m_listening = true;
    std::optional<Patience> m_patience;  // since a connection was lost and not made again
};

}  // namespace umsadm
