#include "faulty_host.hpp"

#include "umsadm/base/error.hpp"

namespace umsadm::test {

void lose_connection() { throw Error(Code::unreachable, "the connection was lost (by the test)"); }

std::vector<CommandResult> FaultyHost::run_in_turn(std::span<const Command> commands) {
    if (m_dead) lose_connection();
    ++m_fault.runs;
    strike_at(Moment::before);
    if (m_fault.moment == Moment::amid && commands.size() > 1) {
        m_inner->run_in_turn(commands.first(1));
        strike_at(Moment::amid);
    }
    std::vector<CommandResult> results = m_inner->run_in_turn(commands);
    strike_at(Moment::after);
    return results;
}

void FaultyHost::strike_at(Moment moment) {
    if (m_fault.runs != m_fault.at || m_fault.moment != moment || m_fault.struck) return;
    m_fault.struck = true;
    m_dead = true;
    m_fault.strike();
    m_dead = false;
}

}  // namespace umsadm::test
