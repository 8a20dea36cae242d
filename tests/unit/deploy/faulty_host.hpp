#pragma once

#include <functional>
#include <memory>

#include "umsadm/remote/remote_host.hpp"

namespace umsadm::test {

enum class Moment { before, after };

// What goes wrong at one run, counted over all connections. `strike` may throw, set a flag or end the process.
struct Fault {
    int at = 0;  // 1: the first run
    Moment moment = Moment::before;
    std::function<void()> strike;
    int runs = 0;  // so far
    bool struck = false;
};

// A real host with a fault. A connection over which something was thrown is dead.
class FaultyHost final : public RemoteHost {
public:
    FaultyHost(std::unique_ptr<RemoteHost> inner, Fault& fault) : m_inner(std::move(inner)), m_fault(fault) {}

    std::string description() const override { return m_inner->description(); }
    CommandResult run(const Command& command) override;
    bool lock_folder(const std::string& path) override { return m_inner->lock_folder(path); }
    std::unique_ptr<Stream> connect_from_here(const Endpoint& endpoint, const Deadline& deadline) override {
        return m_inner->connect_from_here(endpoint, deadline);
    }

private:
    void strike_at(Moment moment);

    std::unique_ptr<RemoteHost> m_inner;
    Fault& m_fault;
    bool m_dead = false;
};

// For Fault::strike.
void lose_connection();

}  // namespace umsadm::test
