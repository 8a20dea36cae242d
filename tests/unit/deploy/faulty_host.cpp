#include "faulty_host.hpp"

#include "umsadm/base/error.hpp"

namespace umsadm::test {

void lose_connection() { throw Error(Code::unreachable, "the connection was lost (by the test)"); }

CommandResult FaultyHost::run(const Command& command) {
    if (m_dead) lose_connection();
    ++m_fault.runs;
    strike_at(Moment::before);
    CommandResult result = m_inner->run(command);
    strike_at(Moment::after);
    return result;
}

void FaultyHost::strike_at(Moment moment) {
    if (m_fault.runs != m_fault.at || m_fault.moment != moment || m_fault.struck) return;
    m_fault.struck = true;
    m_dead = true;
    m_fault.strike();
    m_dead = false;
}

}  // namespace umsadm::test
