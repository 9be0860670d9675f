"""What the tests of live trainers share."""
import os
import sys
import time
import unittest

from paraview import simple


def connect():
    """Connects to the server that run_python_test.py has started, if there is one."""
    port = os.environ.get("TENSORVIEW_TEST_SERVER")
    if port:
        simple.Connect("localhost", int(port))


def information(trainer, name):
    trainer.SMProxy.UpdatePropertyInformation(trainer.SMProxy.GetProperty(name))
    return trainer.GetPropertyValue(name)


def step_shown(proxy, port=0):
    return proxy.GetDataInformation(port).DataInformation.GetTime()


def advance(trainer, steps):
    trainer.AdvanceSteps = steps
    trainer.InvokeCommand("Advance")
    trainer.UpdatePipeline()


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def main():
    """Runs the tests of the calling script."""
    connect()
    result = unittest.main(exit=False, verbosity=2).result
    simple.Disconnect()  # pvpython crashes when it exits with open views
    sys.stdout.flush()
    sys.exit(0 if result.wasSuccessful() else 1)
