#include "process.hpp"
#include "run.hpp"

int main(int argc, char** argv) {
    umsadm::app::prepare_process();
    return umsadm::app::run(argc, argv);
}
