"""What scripts/run --movie starts: a training filmed as pictures, a movie of a recorded run, and refusals."""
import os
import subprocess
import unittest

from live_trainer import main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "Plugin", "python", "tensorview_movie.py")
SMALL = ["--size", "400", "300"]


def run(*arguments):
    done = subprocess.run([os.environ["TENSORVIEW_PVPYTHON"], SCRIPT, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=200, check=False)
    return done.returncode, done.stdout


def content(path):
    with open(path, "rb") as file:
        return file.read()


class MovieTest(unittest.TestCase):
    def test_frames_of_a_training_differ_and_its_run_makes_a_movie(self):
        status, output = run("out", "--frames", "--steps", "12", "--snapshot-interval", "6", *SMALL)
        self.assertEqual(status, 0, output)
        self.assertIn("3 frames", output)
        frames = [content(f"out/frame.{number:04d}.png") for number in range(3)]  # steps 0, 6 and 12
        self.assertEqual(len(set(frames)), 3, "the frames do not move")

        status, output = run("movie", "--run", "out/run.tvr", *SMALL)
        self.assertEqual(status, 0, output)
        self.assertEqual(content("movie/movie.ogv")[:4], b"OggS")

    def test_refusals_name_the_reason(self):
        with open("empty.tvr", "wb"):
            pass
        for arguments, reason in ((["refused", "--run", "no.tvr"], "there is no run file no.tvr"),
                                  (["refused", "--run", "empty.tvr"], "empty.tvr"),
                                  (["refused", "--frame-rate", "0"], "--frame-rate"),
                                  (["/dev/null/out"], "cannot make the folder /dev/null/out")):
            status, output = run(*arguments)
            self.assertNotEqual(status, 0, output)
            self.assertIn(reason, output)


if __name__ == "__main__":
    main()
