#include "commands.hpp"

namespace umsadm::app {

void add_all_commands(Command& root) {
    add_init(root);
    add_fullhelp(root);
}

}  // namespace umsadm::app
