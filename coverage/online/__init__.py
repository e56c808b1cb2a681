"""Geocoding services in the pipeline: what to ask, and what of the answers may be taken. `store.asking` asks."""

from coverage.online.judging import judge_answers
from coverage.online.questions import find_questions, review_questions
from coverage.online.tables import Answers, Judgement, Judgements, Questions

__all__ = ["Answers", "Judgement", "Judgements", "Questions", "find_questions", "judge_answers", "review_questions"]
