#pragma once

#include <functional>
#include <memory>

#include "umsadm/remote/remote_host.hpp"

namespace umsadm::test {

enum class Moment { before, amid, after };  // amid: after the first of several scripts that go to the host together

// What goes wrong at one run (of one script, or of several in turn), counted over all connections. `strike` may throw,
// set a flag or end the process.
struct Fault {
    int at = 0;  // 1: the first run
    Moment moment = Moment::before;
    std::function<void()> strike;
    int runs = 0;  // so far
    bool struck = false;
};

// The runs of an update, in their order: backup and upload together, ..., the removal of old backups.
enum UpdateRun { k_add_files = 1, k_swap, k_restart, k_clean };

// A real host with a fault. A connection over which something was thrown is dead.
class FaultyHost final : public RemoteHost {
public:
    FaultyHost(std::unique_ptr<RemoteHost> inner, Fault& fault) : m_inner(std::move(inner)), m_fault(fault) {}

    std::string description() const override { return m_inner->description(); }
    std::vector<CommandResult> run_in_turn(std::span<const Command> commands) override;
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
